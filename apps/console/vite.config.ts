import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss()],
  build: {
    target: "es2023",
    // The page's policy lets code, styles and fonts come from /assets/ alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
