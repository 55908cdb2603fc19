import { useQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { sessionQuery } from "../api/queries.ts";
import { roomsFor } from "../shell/rooms.ts";
import { Nothing } from "./page.tsx";

/** Goes to the first page that one's roles open. */
export function Home() {
  const { data: session } = useQuery(sessionQuery);
  const [first] = roomsFor(session?.staff.roles ?? []);
  if (first) return <Navigate to={first.path} replace />;
  return <Nothing title="Nothing here for you yet">None of your roles has a page in the console.</Nothing>;
}
