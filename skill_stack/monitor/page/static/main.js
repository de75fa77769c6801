// Begins with the stops: they work before anything else is there.

import * as cameras from "./cameras.js";
import * as drive from "./drive.js";
import * as events from "./events.js";
import * as map from "./map.js";
import { connect, refresh } from "./page.js";
import * as people from "./people.js";
import * as plan from "./plan.js";
import * as robots from "./robots.js";
import * as settings from "./settings.js";
import * as signals from "./signals.js";
import * as skills from "./skills.js";
import * as stage from "./stage.js";
import * as stops from "./stops.js";
import * as tabs from "./tabs.js";
import * as talk from "./talk.js";
import * as top from "./top.js";

stops.start();
for (const part of [top, robots, people, plan, talk, skills, drive, stage, map, cameras, signals, events]) part.start();
tabs.start();
await settings.start();
connect();
refresh();
document.body.dataset.ready = "yes";
