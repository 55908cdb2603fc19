export type { Contact } from "./messages.ts";
export { notificationsMigrations } from "./migrations.ts";
export { createNotifications, type Notifications, type NotificationsDeps } from "./notifications.ts";
