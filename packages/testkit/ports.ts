import { createServer } from "node:net";

const first_port = 21_000;
const last_port = 48_000;
const ports_apart = 10;

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(false));
    server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
  });
}

/** Finds a port whose next ones, too, belong to nobody; runs side by side begin at different places. */
export async function findFreePorts(): Promise<number> {
  const span = last_port - first_port;
  const offset = (process.pid * 7 * ports_apart) % span;
  for (let step = 0; step < span; step += ports_apart) {
    const port = first_port + ((offset + step) % span);
    const free = await Promise.all([0, 1, 2, 3, 4, 5].map((distance) => isFree(port + distance)));
    if (free.every(Boolean)) return port;
  }
  throw new Error("No ports are free.");
}
