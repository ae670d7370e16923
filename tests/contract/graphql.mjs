// GitHub's GraphQL schema: what is wrong with a document and its variables, or with its answer.
import { createRequire } from "node:module";
import { isDeepStrictEqual } from "node:util";
import { buildSchema, execute, getOperationAST, parse, validate } from "graphql";
import { getVariableValues } from "graphql/execution/values.js";
import { schema as github } from "@octokit/graphql-schema";

const schema = buildSchema(github.idl, { assumeValid: true });

const known = new Map();

// The document with what is wrong with it. The same ones come again and again.
function read(query) {
  if (!known.has(query)) {
    const document = parse(query);
    known.set(query, { document, invalid: validate(schema, document) });
  }
  return known.get(query);
}

export function graphqlProblems(body, answer) {
  const { document, invalid } = read(body.query);
  if (invalid.length > 0) return invalid.map((error) => error.message);
  const operation = getOperationAST(document);
  const { errors, coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], body.variables);
  if (errors) return errors.map((error) => error.message);
  const unknown = Object.keys(body.variables).filter((name) => !(name in coerced));
  if (unknown.length > 0) return unknown.map((name) => `there is no variable ${name}`);
  return !answer || answer.errors ? [] : answerProblems(document, body.variables, answer.data);
}

// The answer has the form of the document, and each value its type, if executing the document on it gives it again.
function answerProblems(document, variableValues, data) {
  const again = execute({
    schema,
    document,
    variableValues,
    rootValue: data,
    fieldResolver: (source, _arguments, _context, info) => source[info.path.key],
    typeResolver: (value, _context, info) => value.__typename ?? narrowed(info),
  });
  if (again.errors) return again.errors.map((error) => `${error.path?.join(".")}: ${error.message}`);
  const same = isDeepStrictEqual(JSON.parse(JSON.stringify(again.data)), data);
  return same ? [] : ["the answer is not what was asked for"];
}

// The type that the document expects of a value: the one of a fragment on it, or any that it may be.
function narrowed({ fieldNodes, returnType, schema }) {
  const named = returnType.ofType ?? returnType;
  const selections = fieldNodes.flatMap((node) => node.selectionSet.selections);
  const fragment = selections.find((selection) => selection.typeCondition);
  return fragment?.typeCondition.name.value ?? schema.getPossibleTypes(named)[0].name;
}
