// What GitHub's descriptions say of one request, and of its answer where there is one.
import { graphqlProblems } from "./graphql.mjs";

// The operation's name, and what does not fit.
export function judged(description, exchange) {
  const { method, path } = exchange;
  if (method === "POST" && path === "/graphql") {
    const problems = graphqlProblems(json(exchange.body), json(exchange.answer));
    return { name: "POST /graphql", problems: [...headerProblems(exchange), ...problems] };
  }
  const operation = description.operation(method, path);
  const problems = operation
    ? restProblems(description, operation, exchange)
    : ["GitHub has no such operation"];
  return { name: operation?.name ?? `${method} ${path}`, problems: [...headerProblems(exchange), ...problems] };
}

// Who has the code needs to be nobody.
const NEEDS_NOBODY = /^\/app-manifests\//;

function headerProblems({ path, headers }) {
  const needed = {
    accept: /^application\/vnd\.github(\.raw)?\+json$/,
    authorization: NEEDS_NOBODY.test(path) ? /^$/ : /^Bearer [\w.-]+$/,
    "user-agent": /^asyncwarden\/\d/,
    "x-github-api-version": /^2022-11-28$/,
  };
  return Object.entries(needed)
    .filter(([name, form]) => !form.test(headers[name] ?? ""))
    .map(([name]) => `header ${name} is ${headers[name]}`);
}

function restProblems(description, operation, { query, headers, body, status, answer }) {
  if (!operation) return ["GitHub has no such operation"];
  const pairs = [...new URLSearchParams(query)];
  const values = Object.fromEntries(pairs);
  const said = (kind, problems) => problems.map((problem) => `${kind} ${problem}`);
  return [
    ...callerProblems(headers, operation),
    ...(pairs.length === Object.keys(values).length ? [] : ["a parameter is given twice"]),
    ...(Number(values.per_page ?? 1) <= 100 ? [] : ["a page has at most 100 items"]),
    ...said("path", description.parameterProblems(operation, "path", operation.given)),
    ...said("query", description.parameterProblems(operation, "query", values)),
    ...said("body", description.bodyProblems(operation, json(body))),
    ...(body && headers["content-type"] !== "application/json" ? ["the body's type is not told"] : []),
    ...(isAnswered(status, headers) ? said("answer", description.answerProblems(operation, status, json(answer))) : []),
  ];
}

// Any answer may be that the one that is known still holds, though not every operation is described so.
function isAnswered(status, headers) {
  return status !== undefined && !(status === 304 && headers["if-none-match"]);
}

// The App itself calls with a JSON Web Token, in the name of an installation with a token that is none.
function callerProblems({ authorization }, operation) {
  if (authorization === undefined) return [];
  const itself = authorization.startsWith("Bearer eyJ");
  const needed = /\bJWT\b/.test(operation.description);
  if (itself !== needed) return [needed ? "is for the App itself" : "is not for the App itself"];
  return itself || operation["x-github"].enabledForGitHubApps ? [] : ["is not for installations"];
}

function json(text) {
  return text ? JSON.parse(text) : undefined;
}
