const name = "mainstay.log-in-begun";

/**
 * Notes that the customer has begun to log in, or that it has ended: a page that takes over meanwhile, on
 * another version, carries on. Ends with the tab.
 */
export function noteLogInBegun(hasBegun: boolean): void {
  try {
    if (hasBegun) sessionStorage.setItem(name, "yes");
    else sessionStorage.removeItem(name);
  } catch {
    // Without storage the customer touches the button once more.
  }
}

/** Whether a log-in had begun when the page before this one was left. */
export function hasLogInBegun(): boolean {
  try {
    return sessionStorage.getItem(name) !== null;
  } catch {
    return false;
  }
}
