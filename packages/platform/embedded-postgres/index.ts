export { OperatorError, explainFolderError, hasCode } from "./operator-error.ts";
export type { PostgresRole } from "./passwords.ts";
export { grantDatabase } from "./roles.ts";
export { commandLine, isAlive } from "./server-process.ts";
export { type PostgresSettings, postgresSettings } from "./settings.ts";
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
  stopEmbeddedPostgres,
} from "./start.ts";
