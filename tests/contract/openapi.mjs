// GitHub's OpenAPI description: which operation a request is, and what is wrong with it or with its answer.
import { createRequire } from "node:module";
import Ajv from "ajv";
import addFormats from "ajv-formats";

const require = createRequire(import.meta.url);

export class Description {
  // `name` is one of the package's: api.github.com, ghes-3.17, …
  constructor(name) {
    this.spec = require(`@octokit/openapi/generated/${name}.json`);
    this.routes = Object.keys(this.spec.paths).map((template) => this.#route(template));
    this.validators = new Map();
    this.ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
    // Parameters are text on the wire.
    this.wireAjv = addFormats(new Ajv({ strict: false, allErrors: true, coerceTypes: true }));
  }

  // The operation with its path's parameters; undefined when GitHub has none of that method and path.
  operation(method, path) {
    const route = this.routes
      .filter(({ pattern, template }) => pattern.test(path) && this.spec.paths[template][method.toLowerCase()])
      // What spells more out goes before what has a parameter there.
      .sort((a, b) => b.literal - a.literal || a.names.length - b.names.length)[0];
    if (!route) return undefined;
    const values = route.pattern.exec(path).slice(1).map(decodeURIComponent);
    return {
      ...this.spec.paths[route.template][method.toLowerCase()],
      name: `${method} ${route.template}`,
      given: Object.fromEntries(route.names.map((name, at) => [name, values[at]])),
      parameters: this.#parameters(route.template, method),
    };
  }

  // What is wrong with the values of an operation's parameters of one kind: path, query.
  parameterProblems(operation, kind, values) {
    const declared = operation.parameters.filter((parameter) => parameter.in === kind);
    const schema = {
      type: "object",
      properties: Object.fromEntries(declared.map(({ name, schema }) => [name, schema])),
      required: declared.filter(({ required }) => required).map(({ name }) => name),
    };
    const key = `${operation.name} ${kind}`;
    return this.#problems(this.wireAjv, key, schema, { ...values });
  }

  // What is wrong with a request's body; every property must be known.
  bodyProblems(operation, body) {
    const described = operation.requestBody?.content["application/json"];
    if (!described) return body === undefined ? [] : ["takes no body"];
    if (body === undefined) return operation.requestBody.required ? ["needs a body"] : [];
    return this.#problems(this.ajv, `${operation.name} body`, described.schema, body);
  }

  // What is wrong with an answer; every property must be known.
  answerProblems(operation, status, answer) {
    const described = this.resolved(operation.responses[status]);
    if (!described) return [`is not answered with ${status}`];
    const schema = described.content?.["application/json"]?.schema;
    if (!schema || answer === undefined) return [];
    return this.#problems(this.ajv, `${operation.name} ${status}`, schema, answer);
  }

  #problems(ajv, key, schema, value) {
    if (!this.validators.has(key)) this.validators.set(key, ajv.compile(this.#closed(schema)));
    const validate = this.validators.get(key);
    if (validate(value)) return [];
    return validate.errors.map(({ instancePath, message, params }) => {
      const place = instancePath.replace(/\/\d+(?=\/|$)/g, "/*");
      return [place, message, params.additionalProperty ?? params.allowedValues ?? ""].join(" ").trim();
    });
  }

  #route(template) {
    const names = [];
    const item = this.spec.paths[template];
    const operation = Object.values(item).find((value) => value.parameters) ?? {};
    const many = (operation.parameters ?? [])
      .map((parameter) => this.resolved(parameter))
      .filter((parameter) => parameter["x-multi-segment"])
      .map((parameter) => parameter.name);
    const pattern = template
      .split(/(\{[^}]+\})/)
      .map((part) => {
        if (!part.startsWith("{")) return part.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
        names.push(part.slice(1, -1));
        return many.includes(names.at(-1)) ? "(.+)" : "([^/]+)";
      })
      .join("");
    const literal = template.split("/").filter((segment) => !segment.includes("{")).length;
    return { template, names, literal, pattern: new RegExp(`^${pattern}$`) };
  }

  #parameters(template, method) {
    const item = this.spec.paths[template];
    const all = [...(item.parameters ?? []), ...(item[method.toLowerCase()].parameters ?? [])];
    return all.map((parameter) => this.resolved(parameter));
  }

  // What a reference leads to; anything else is itself.
  resolved(value) {
    if (!value?.$ref) return value;
    const keys = value.$ref.slice(2).split("/").map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
    return this.resolved(keys.reduce((at, key) => at[key], this.spec));
  }

  // The schema with its references resolved, taking no property that it does not name.
  #closed(given) {
    const schema = { ...this.resolved(given) };
    if (schema.allOf) {
      const all = schema.allOf.map((part) => this.resolved(part));
      delete schema.allOf;
      Object.assign(schema, {
        ...Object.assign({}, ...all),
        properties: Object.assign({}, schema.properties, ...all.map((part) => part.properties)),
        // Parts may need the same.
        required: [...new Set(all.flatMap((part) => part.required ?? []).concat(schema.required ?? []))],
      });
    }
    // Some descriptions say twice that a property is needed.
    if (schema.required) schema.required = [...new Set(schema.required)];
    if (schema.nullable) {
      // An enumeration need not name null.
      delete schema.nullable;
      return { anyOf: [{ type: "null" }, this.#closed(schema)] };
    }
    if (schema.items) schema.items = this.#closed(schema.items);
    if (schema.properties) {
      const properties = Object.entries(schema.properties);
      schema.properties = Object.fromEntries(properties.map(([name, value]) => [name, this.#closed(value)]));
      schema.additionalProperties ??= false;
      return schema;
    }
    // Beside properties, alternatives say which of them are needed together.
    for (const kind of ["anyOf", "oneOf"]) {
      if (schema[kind]) schema[kind] = schema[kind].map((part) => this.#closed(part));
    }
    return schema;
  }
}
