// Standard input: [{event, body}], as the simulated GitHub delivers them. Standard output: what does not fit the events'
// schemas.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import { OF_EVENTS, unknown } from "./known.mjs";

const schema = createRequire(import.meta.url)("@octokit/webhooks-schemas");
const ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
ajv.addSchema(schema, "webhooks");
const problems = new Set();

for (const { event, body } of JSON.parse(readFileSync(0, "utf8"))) {
  const name = [`${event}$${body.action}`, `${event}_event`].find((name) => name in schema.definitions);
  const validate = ajv.getSchema(`webhooks#/definitions/${name}`);
  if (!validate) {
    problems.add(`${event}.${body.action}: there is no such event`);
  } else if (!validate(body)) {
    for (const { instancePath, message, params } of validate.errors) {
      const more = params.additionalProperty ?? params.allowedValues ?? "";
      problems.add(`${event}.${body.action}: ${instancePath} ${message} ${more}`.trim());
    }
  }
}
console.log(JSON.stringify(unknown([...problems], OF_EVENTS)));
