import { expectAgreement } from "./agreement.ts";

expectAgreement("movement");
