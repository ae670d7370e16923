// Standard input: {sign: [{token, id, sent, body}], verify: [{token, headers, body}]}. Standard output: what the published
// library for such signatures makes of them, {signatures, verdicts}.
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

const asked = JSON.parse(readFileSync(0, "utf8"));
const signatures = asked.sign.map(({ token, id, sent, body }) =>
  new Webhook(token).sign(id, new Date(sent * 1000), body),
);
const verdicts = asked.verify.map(({ token, headers, body }) => {
  try {
    new Webhook(token).verify(body, headers, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
});
console.log(JSON.stringify({ signatures, verdicts }));
