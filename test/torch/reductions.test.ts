import { expectAgreement } from "./agreement.ts";

expectAgreement("reductions");
