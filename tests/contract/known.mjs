// What GitHub's descriptions get wrong. Each is met by what the tests play; one that is not met any more has to go.

const NULL = "it is null when the comment is outdated, or on a file as a whole";

export const OF_ANSWERS = [
  [/comments.*: answer (\/\*)?\/(original_)?(line|position) must be integer$/, NULL],
  [/comments.*: answer (\/\*)?\/side must be (string|equal to one of the allowed values LEFT,RIGHT)$/, NULL],
  [
    /app\/installations: answer \/\*\/account must (be null|have required property '\w+'|match a schema in anyOf)$/,
    "an account is a user or an enterprise; here it has to be both at once",
  ],
  [/app\/installations: answer \/\* must NOT have additional properties client_id$/, "as with events below"],
];

export const OF_REQUESTS = [[/\/replies: is not for installations$/, "installations reply by it all the time"]];

export const OF_EVENTS = [
  [/must NOT have additional properties client_id$/, "Apps and installations have one since 2024, which these schemas don't know"],
];

// The problems that are none of GitHub's own, and what is listed here for nothing.
export function unknown(problems, known) {
  const met = ([pattern]) => problems.some((problem) => pattern.test(problem));
  const stale = known.filter((entry) => !met(entry)).map(([pattern]) => `${pattern} is not met any more`);
  return problems.filter((problem) => !known.some(([pattern]) => pattern.test(problem))).concat(stale).sort();
}
