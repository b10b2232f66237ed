/** include/keys/asymmetric-parser.h, as crypto/asymmetric_keys/asymmetric_type.c does it. */
import { stub } from "../../src/stub/declare.ts";

export const registerAsymmetricKeyParser = stub(
  "int register_asymmetric_key_parser(struct asymmetric_key_parser *parser)",
  { fails: ["EEXIST"], sleeps: true, acquires: { asymmetric_key_parser: "parser" } },
  (k, { parser }) => {
    k.keys.types.addParser(parser);
    return 0;
  },
);
export const unregisterAsymmetricKeyParser = stub(
  "void unregister_asymmetric_key_parser(struct asymmetric_key_parser *parser)",
  { sleeps: true, releases: { asymmetric_key_parser: "parser" } },
  (k, { parser }) => k.keys.types.removeParser(parser),
);
