// Standard input: {sign: [{secret, body}], verify: [{secret, body, signature}]}. Standard output: what GitHub's own
// library makes of them, {signatures, verdicts}.
import { readFileSync } from "node:fs";
import { sign, verify } from "@octokit/webhooks-methods";

const asked = JSON.parse(readFileSync(0, "utf8"));
const signatures = await Promise.all(asked.sign.map(({ secret, body }) => sign(secret, body)));
const verdicts = await Promise.all(
  asked.verify.map(({ secret, body, signature }) => verify(secret, body, signature)),
);
console.log(JSON.stringify({ signatures, verdicts }));
