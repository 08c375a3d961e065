/** The recorded answers once more, with every stage that can travel on worker threads. */

import { settings } from '../support/settings.js'

settings.push(['rivulet.threads', 'always'])
await import('./rdd.test.js')
await import('./dstream.test.js')
