/** What programs are found, spoken to and measured by: nothing that is a setting of ours. */
const NEEDED =
  /^(PATH|PATHEXT|HOME|USER|LOGNAME|USERPROFILE|APPDATA|LOCALAPPDATA|SYSTEMROOT|WINDIR|COMSPEC|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|TMP|TEMP|LD_LIBRARY_PATH|DYLD_\w+|XDG_CACHE_HOME)$/i;
/** For what fetches something: the way out of this machine. */
const FETCHING =
  /^(https?_proxy|no_proxy|all_proxy|pip_\w+|ssl_cert_file|ssl_cert_dir|requests_ca_bundle|curl_ca_bundle)$/i;

/**
 * The environment of a program that is started beside this one. The keys and passwords of this one stand in its own:
 * what is handed on can be read in the other's /proc for as long as that runs.
 */
export function childEnv(
  options: { fetches?: boolean } = {},
  env: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const isWanted = (name: string) => NEEDED.test(name) || (options.fetches === true && FETCHING.test(name));
  return Object.fromEntries(Object.entries(env).filter(([name]) => isWanted(name)));
}
