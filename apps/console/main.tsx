import "./main.css";
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { createRoot } from "react-dom/client";
import { sessionQuery } from "./api/queries.ts";
import { RequestError } from "./api/request.ts";
import { router } from "./router.tsx";

const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      // The session ended meanwhile: whatever page it is, it becomes the log-in page.
      if (error instanceof RequestError && error.code === "not_logged_in") {
        client.setQueryData(sessionQuery.queryKey, null);
      }
    },
  }),
  defaultOptions: {
    queries: { retry: (count, error) => count < 2 && error instanceof RequestError && error.status === 0 },
  },
});

const place = document.getElementById("root");
if (!place) throw new Error("the page has lost its root");
createRoot(place).render(
  <QueryClientProvider client={client}>
    <RouterProvider router={router} />
  </QueryClientProvider>,
);
