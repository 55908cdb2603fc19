export function RecoverScreen() {
  return null;
}
