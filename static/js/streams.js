/** The page of live streams: how they do renews itself. */
import { renew } from "./renew.js";

renew(document.getElementById("streams"));
