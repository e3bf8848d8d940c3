import { expectAgreement } from "./agreement.ts";

expectAgreement("indexing");
