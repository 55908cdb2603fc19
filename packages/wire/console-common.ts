import Type from "typebox";
import { IdSchema } from "./common.ts";

/**
 * What the console's releases pages ask of control, under `/api`. Reading takes the role `release-manager`,
 * `auditor` or `admin`; changing takes `release-manager`. "People" are installations seen in 30 days.
 */

/** Whoever did something: a member of staff, the guard, the operator, or time. */
export const ActorSchema = Type.Object({ id: Type.String(), name: Type.String() });

/** The id of a command, made by whoever gives it: the same id again changes nothing. */
export const CommandIdSchema = IdSchema("cmd");
/** Why, in the words of whoever does it. */
export const ReasonSchema = Type.String({ minLength: 3, maxLength: 500 });

/** What may be missing. */
export const nullable = <Schema extends Type.TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

/** The same for each platform. */
export const perPlatform = <Schema extends Type.TSchema>(schema: Schema) =>
  Type.Object({ ios: schema, android: schema, web: schema });
