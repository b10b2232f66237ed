/** What the tests want of a SARIF 2.1.0 file: the part of its schema that kobox uses. */
import type { Schema } from "./json-schema.ts";

const MESSAGE: Schema = {
  type: "object",
  required: ["text"],
  additionalProperties: false,
  properties: { text: { type: "string" } },
};
const LOCATION: Schema = {
  type: "object",
  additionalProperties: false,
  properties: {
    message: MESSAGE,
    physicalLocation: {
      type: "object",
      additionalProperties: false,
      properties: {
        artifactLocation: {
          type: "object",
          additionalProperties: false,
          properties: { uri: { type: "string", pattern: '^[^\\s<>"]+$' } },
        },
        region: {
          type: "object",
          additionalProperties: false,
          properties: { startLine: { type: "integer", minimum: 1 } },
        },
      },
    },
    logicalLocations: {
      type: "array",
      items: {
        type: "object",
        additionalProperties: false,
        properties: {
          name: { type: "string" },
          fullyQualifiedName: { type: "string" },
          kind: { type: "string" },
        },
      },
    },
  },
};
export const SARIF: Schema = {
  type: "object",
  required: ["version", "runs"],
  additionalProperties: false,
  properties: {
    $schema: { type: "string", pattern: "^https://" },
    version: { const: "2.1.0" },
    runs: {
      type: "array",
      items: {
        type: "object",
        required: ["tool"],
        additionalProperties: false,
        properties: {
          tool: {
            type: "object",
            required: ["driver"],
            additionalProperties: false,
            properties: {
              driver: {
                type: "object",
                required: ["name"],
                additionalProperties: false,
                properties: {
                  name: { type: "string" },
                  rules: {
                    type: "array",
                    items: {
                      type: "object",
                      required: ["id"],
                      additionalProperties: false,
                      properties: { id: { type: "string" }, shortDescription: MESSAGE },
                    },
                  },
                },
              },
            },
          },
          automationDetails: {
            type: "object",
            additionalProperties: false,
            properties: { id: { type: "string" } },
          },
          columnKind: { enum: ["utf16CodeUnits", "unicodeCodePoints"] },
          results: {
            type: "array",
            items: {
              type: "object",
              required: ["message"],
              additionalProperties: false,
              properties: {
                ruleId: { type: "string" },
                level: { enum: ["none", "note", "warning", "error"] },
                message: MESSAGE,
                locations: { type: "array", items: LOCATION },
                relatedLocations: { type: "array", items: LOCATION },
                partialFingerprints: { type: "object" },
                properties: { type: "object" },
              },
            },
          },
        },
      },
    },
  },
};
