/** The most files in a bundle (packages/wire's manifest allows no more), and the largest one, in bytes. */
export const bundle_files_max = 500;
export const file_bytes_max = 8 * 1024 * 1024;
/** The largest bundle, all of its files together, in bytes. */
export const bundle_bytes_max = 32 * 1024 * 1024;
/**
 * The largest zip that is opened, in bytes, and the most entries in one: files, folders and the build's
 * notes.
 */
export const zip_bytes_max = 32 * 1024 * 1024;
export const zip_entries_max = 2 * bundle_files_max;
/**
 * How many times larger than its zipped form a file may be; asked once it is larger than the second figure.
 */
export const zip_ratio_max = 100;
export const zip_ratio_bytes_min = 1024 * 1024;
/** What a version's folder is called before it stands, and on its way out; no version can be named so. */
export const working_prefix = ".publishing-";
