// Days begin where the person is: the server is told the time zone with each page.
import { cookie } from "./memory.js";

cookie("zone", Intl.DateTimeFormat().resolvedOptions().timeZone);
