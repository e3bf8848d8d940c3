import { expectAgreement } from "./agreement.ts";

expectAgreement("neural");
