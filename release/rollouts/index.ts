export { cohortOf, isCandidate } from "./cohort.ts";
