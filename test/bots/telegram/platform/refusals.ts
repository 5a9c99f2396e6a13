/** How the Bot API refuses a call. */
export class Refusal extends Error {
  readonly code: number;
  readonly parameters: Readonly<Record<string, number>>;

  constructor(code: number, description: string, parameters: Readonly<Record<string, number>> = {}) {
    super(description);
    this.code = code;
    this.parameters = parameters;
  }
}

export const badRequest = (what: string) => new Refusal(400, `Bad Request: ${what}`);
export const forbidden = (what: string) => new Refusal(403, `Forbidden: ${what}`);
export const tooMany = (seconds: number) =>
  new Refusal(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds });
export const serverError = () => new Refusal(500, 'Internal Server Error');
