/** The crash campaign: the same as `npm run crash`, without its report. */
import { test } from 'node:test'
import { campaign } from './campaign.ts'

for (const { name, run } of await campaign(1))
  test(name, async () => {
    await run(() => undefined)
  })
