import { OperatorError, migrate } from "@mainstay/platform";
import { bankMigrations } from "../../apps/bank/migrations.ts";
import { controlMigrations } from "../../apps/control/migrations.ts";
import { seedDemo } from "../demo-seed.ts";
import type { Databases } from "./databases.ts";

/** Brings both databases to what this version expects, and fills the demo bank the first time. */
export async function fillDatabases(
  databases: Databases,
  options: { readonly hasDemo: boolean; readonly say: (line: string) => void },
): Promise<void> {
  const { bank, control } = databases;
  try {
    // One after the other: a migration that fails leaves no other one half-way.
    await migrate({ ownerUrl: bank.ownerUrl, modules: bankMigrations });
    await migrate({ ownerUrl: control.ownerUrl, modules: controlMigrations });
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("was changed after it had run"))) throw error;
    throw new OperatorError(
      `The data were made by another version of Mainstay (${error.message}): ` +
        "start that version, or set MAINSTAY_DATA.",
    );
  }
  if (!options.hasDemo) return;
  await seedDemo({ bankUrl: bank.url, say: options.say });
}
