import { accessSync, constants, statfsSync } from "node:fs";
import { tmpdir } from "node:os";

/** Where Linux keeps files in memory: a database is cloned there in a thirtieth of the time. */
const memory_folder = "/dev/shm";
/** How much must be free there, in bytes: containers often have 64 MB. */
const free_bytes_min = 4 * 1024 ** 3;

/** The folder in which tests make their temporary ones: in memory where there is room, on disk else. */
export function scratchFolder(): string {
  try {
    accessSync(memory_folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(memory_folder);
    return bavail * bsize >= free_bytes_min ? memory_folder : tmpdir();
  } catch {
    return tmpdir();
  }
}
