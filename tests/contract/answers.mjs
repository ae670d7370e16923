// Standard output: for each operation, by its name, GitHub's own example of a good answer, {status, body}.
import { Description } from "./openapi.mjs";

const description = new Description("api.github.com");
const answers = {};
for (const [template, item] of Object.entries(description.spec.paths)) {
  for (const [method, operation] of Object.entries(item)) {
    for (const [status, response] of Object.entries(operation.responses ?? {})) {
      const { examples } = description.resolved(response).content?.["application/json"] ?? {};
      const example = description.resolved(Object.values(examples ?? {})[0]);
      if (status.startsWith("2") && example) {
        answers[`${method.toUpperCase()} ${template}`] ??= { status: Number(status), body: example.value };
      }
    }
  }
}
process.stdout.write(JSON.stringify(answers));
