import { lingui } from "@lingui/vite-plugin";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { describeBundle } from "./build/describe-bundle.ts";
import { reportFirstLoad } from "./build/report-first-load.ts";
import { protocol } from "./login/protocol.ts";

export default defineConfig({
  root: import.meta.dirname,
  // Bundles are served under /v/<version>/, so every address inside one is relative to the file that names
  // it.
  base: "./",
  plugins: [
    react(),
    lingui({ cwd: import.meta.dirname, macroTransform: true, failOnCompileError: true }),
    tailwindcss(),
    reportFirstLoad(),
    describeBundle({ loginProtocol: protocol.name, api: { from: 1, to: 1 }, minimumShell: null }),
  ],
  build: {
    target: "es2023",
    manifest: true,
    // One sheet: the boot layer links it before it starts the bundle, so nothing is ever painted without
    // style.
    cssCodeSplit: false,
    // The policy of the page allows no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { main: "main.tsx" },
      output: {
        // Few files, because each is verified by itself: the first screen, what is shared, the rooms.
        codeSplitting: {
          groups: [
            { name: "framework", test: /node_modules[\\/](?!lucide-react)/, priority: 2 },
            { name: "common", minShareCount: 2, priority: 1 },
          ],
        },
      },
    },
  },
});
