/** Paths of requests: templates filled in, with everything escaped that could end a part of them. */

export type PathParameters = Readonly<Record<string, string>>
/** Absent ones are left out; lists give the name once for each member. */
export type QueryParameters = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

/**
 * @param template such as `/_matrix/federation/v1/event/{eventId}`; every name in it must be given
 * @returns the path with its query: exactly what is signed and sent
 */
export function pathOf(template: string, path: PathParameters = {}, query: QueryParameters = {}): string {
  const filled = template.replace(/\{([A-Za-z]+)\}/g, (_, name: string) => {
    const value = path[name]
    if (value === undefined) throw new RangeError(`${template} needs ${name}`)
    return segment(value)
  })
  const parameters = Object.entries(query).flatMap(([name, value]) => {
    const values = value === undefined ? [] : Array.isArray(value) ? value : [value]
    return values.map(each => `${name}=${encodeURIComponent(String(each))}`)
  })
  return parameters.length === 0 ? filled : `${filled}?${parameters.join('&')}`
}

/** One part of a path. `.` and `..` are escaped too: proxies would resolve them. */
function segment(value: string): string {
  return /^\.{1,2}$/.test(value) ? value.replaceAll('.', '%2E') : encodeURIComponent(value)
}
