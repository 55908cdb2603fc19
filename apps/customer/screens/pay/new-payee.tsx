export function NewPayeeScreen() {
  return null;
}
