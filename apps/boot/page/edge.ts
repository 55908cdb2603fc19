import { findShell, type Shell } from "./shell.ts";

/** The native shell around this page; null in a browser, where the edge is this very origin. */
export const shell: Shell | null = await findShell();

/** The address of something at the edge. */
const edgeUrl = (path: string): string => (shell?.server ?? "") + path;

/** Asks the edge. From a native shell no cookie goes along: headers name the installation. */
export async function askEdge(path: string, ask: RequestInit): Promise<Response> {
  if (shell === null) return fetch(path, ask);
  const headers = { ...(ask.headers as Record<string, string> | undefined), ...shell.headers() };
  const answer = await fetch(edgeUrl(path), { ...ask, headers, credentials: "omit" });
  shell.noteAnswer(answer.headers);
  return answer;
}
