// The dashboard as a person uses it. usage: node dashboard_test.mjs [PATH_OF_SERVER PATH_OF_CALLQUEUE]
import {after, before} from 'node:test';
import {runAll} from './suite.mjs';
import {world} from './world.mjs';

before(() => world.begin());
after(() => world.end());

await import('./unit_test.mjs');
await import('./checks_test.mjs');
await import('./sign_in_test.mjs');
await import('./campaigns_test.mjs');
await import('./new_campaign_test.mjs');
await import('./lists_test.mjs');
await import('./campaign_test.mjs');
await import('./care_test.mjs');
await import('./truth_test.mjs');
await import('./words_test.mjs');
await import('./looks_test.mjs');
await import('./zoom_test.mjs');
await import('./contacts_test.mjs');
await import('./queue_test.mjs');
await import('./settings_test.mjs');
await import('./together_test.mjs');
await import('./large_test.mjs');
runAll();
