import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { HttpServer } from "./http.ts";

/**
 * Adds OpenAPI 3.1, generated from the routes' schemas: the document at `<prefix>/openapi.json`, readable at
 * `<prefix>/docs`.
 */
export async function addOpenApi(
  server: HttpServer,
  options: {
    readonly title: string;
    readonly description: string;
    readonly version: string;
    readonly prefix: string;
  },
): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: options.title, description: options.description, version: options.version },
      servers: [{ url: "/" }],
    },
  });
  await server.register(swaggerUi, { routePrefix: `${options.prefix}/docs`, staticCSP: true });
  server.get(`${options.prefix}/openapi.json`, { schema: { hide: true } }, () => server.swagger());
}
