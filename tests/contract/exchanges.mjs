// Standard input: {description, exchanges: [{method, path, query, headers, body, status, answer}]}, as the simulated GitHub
// kept them. Standard output: {operations: which GitHub operations they are, problems: what does not fit its description}.
import { readFileSync } from "node:fs";
import { judged } from "./exchange.mjs";
import { OF_ANSWERS, OF_REQUESTS, unknown } from "./known.mjs";
import { Description } from "./openapi.mjs";

const { description: name, exchanges } = JSON.parse(readFileSync(0, "utf8"));
const description = new Description(name);
const operations = new Set();
const found = new Set();

for (const exchange of exchanges) {
  const { name, problems } = judged(description, exchange);
  operations.add(name);
  problems.forEach((problem) => found.add(`${name}: ${problem}`));
}
const problems = unknown([...found], [...OF_REQUESTS, ...OF_ANSWERS]);
console.log(JSON.stringify({ operations: [...operations].sort(), problems }));
