import { AsyncLocalStorage } from "node:async_hooks";
import { pino, type Logger as PinoLogger } from "pino";

/**
 * A structured logger. `error` means that someone must act; `warn` that someone may want to look; requests
 * are counted.
 */
export type Logger = PinoLogger;

/** What is known of the request that is being served, wherever the code runs. */
export type RequestContext = { readonly requestId: string };

/** Carries the request's id from the HTTP server to the log lines and the SQL that it causes. */
export const requestContext = new AsyncLocalStorage<RequestContext>();

/** Makes a process's logger: JSON lines on standard output, with the request's id, and without secrets. */
export function createLogger(options: { name: string; level: string }): Logger {
  return pino({
    name: options.name,
    level: options.level,
    base: { process: options.name },
    redact: ["*.cookie", "*.authorization", "*.dpop", "*.token", "*.password", "*.secret", "req.headers"],
    mixin: () => {
      const context = requestContext.getStore();
      return context ? { requestId: context.requestId } : {};
    },
  });
}
