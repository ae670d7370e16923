// Judges the requests that all tests' clients sent to the simulated GitHub: one file a test, in the folder that is given.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { judged } from "./exchange.mjs";
import { OF_REQUESTS } from "./known.mjs";
import { Description } from "./openapi.mjs";

const folder = process.argv[2];
const descriptions = { "": new Description("api.github.com"), "/api/v3": new Description("ghes-3.17") };
const found = new Map();
let judgedRequests = 0;

for (const file of readdirSync(folder)) {
  const { test, requests } = JSON.parse(readFileSync(join(folder, file), "utf8"));
  for (const { base, ...request } of requests) {
    const { name, problems } = judged(descriptions[base], request);
    judgedRequests += 1;
    for (const problem of problems.map((problem) => `${name}: ${problem}`)) {
      if (!OF_REQUESTS.some(([pattern]) => pattern.test(problem))) found.set(problem, test);
    }
  }
}
found.forEach((test, problem) => console.error(`${problem} (${test})`));
console.log(`${judgedRequests} requests of the tests to GitHub, ${found.size} ways in which they don't fit its descriptions`);
process.exitCode = found.size > 0 ? 1 : 0;
