import { importsOf, workspaceNames, workspaceOf } from "./imports.ts";
import { type Breach, type ProjectFile, isCode } from "./project.ts";

type Manifest = {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

const exact_version = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;

function manifests(files: readonly ProjectFile[]): readonly { path: string; manifest: Manifest }[] {
  return files
    .filter(({ path }) => path === "package.json" || path === `${workspaceOf(path) ?? "-"}/package.json`)
    .map(({ path, text }) => ({ path, manifest: JSON.parse(text) as Manifest }));
}

function pinsOf(manifest: Manifest): readonly (readonly [string, string])[] {
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
}

/** Every dependency is pinned exactly, and to the same version everywhere. */
export function checkPins(files: readonly ProjectFile[]): readonly Breach[] {
  const first = new Map<string, { version: string; path: string }>();
  const breaches: Breach[] = [];
  for (const { path, manifest } of manifests(files)) {
    for (const [name, version] of pinsOf(manifest)) {
      const known = first.get(name);
      if (known === undefined) first.set(name, { version, path });
      else if (known.version !== version) {
        breaches.push({
          path,
          line: 1,
          what: `${name} is ${version} here and ${known.version} in ${known.path}`,
        });
      }
      if (!exact_version.test(version))
        breaches.push({ path, line: 1, what: `${name} isn't pinned: ${version}` });
    }
  }
  return breaches;
}

/** Every workspace has a README and a package.json that lists the workspaces it imports. */
export function checkWorkspaces(files: readonly ProjectFile[]): readonly Breach[] {
  const names = workspaceNames(files);
  const breaches: Breach[] = [];
  for (const [name, workspace] of names) {
    const readme = files.find(({ path }) => path === `${workspace}/README.md`);
    if (readme === undefined) {
      breaches.push({ path: workspace, line: 1, what: "has no README.md: invariants, states, tables" });
    } else if (/^(?:bank|release)\//.test(workspace) && !/^## Invariants$/m.test(readme.text)) {
      breaches.push({ path: readme.path, line: 1, what: "doesn't open with its invariants (## Invariants)" });
    }
    const own = manifests(files).find(({ path }) => path === `${workspace}/package.json`);
    const listed = new Set(own === undefined ? [] : pinsOf(own.manifest).map(([pinned]) => pinned));
    const inside = files.filter(({ path }) => isCode(path) && path.startsWith(`${workspace}/`));
    for (const found of inside.flatMap(importsOf)) {
      const imported = /^@mainstay\/[^/]+/.exec(found.to)?.[0];
      if (imported === undefined || imported === name || listed.has(imported)) continue;
      breaches.push({
        path: found.from,
        line: found.line,
        what: `${imported} isn't in ${workspace}/package.json`,
      });
    }
  }
  return breaches;
}
