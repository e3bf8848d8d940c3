import { expectAgreement } from "./agreement.ts";

expectAgreement("linalg");
