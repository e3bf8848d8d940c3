import { expectAgreement } from "./agreement.ts";

expectAgreement("convolution");
