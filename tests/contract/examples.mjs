// Standard output: the published examples of what GitHub delivers, [{source, event, payload}].
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const package_ = dirname(createRequire(import.meta.url).resolve("@octokit/webhooks-examples/package.json"));
const sources = readdirSync(package_, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const examples = sources.flatMap(({ name: source }) =>
  JSON.parse(readFileSync(join(package_, source, "index.json"), "utf8")).flatMap(({ name: event, examples }) =>
    examples.map((payload) => ({ source, event, payload })),
  ),
);
process.stdout.write(JSON.stringify(examples));
