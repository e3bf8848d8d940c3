import { expectAgreement } from "./agreement.ts";

expectAgreement("pointwise");
