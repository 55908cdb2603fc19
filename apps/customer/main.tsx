import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { present } from "@mainstay/kernel";
import { startWords } from "./i18n.ts";
import "./main.css";
import { router } from "./router.tsx";
import { queryClient } from "./shell/session.ts";

startWords();
createRoot(present(document.getElementById("root"), "the page's root")).render(
  <StrictMode>
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </I18nProvider>
  </StrictMode>,
);
