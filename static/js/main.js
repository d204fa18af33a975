/* Behaviour of every page, hooked by data- attributes. Each module finds its own elements and does nothing without
   them. The page works without any of this except for choosing people and sending files. */
import "../vendor/auto-complete/bundle.js";
import { startAskedFor } from "./asked_for.js";
import { startCategories } from "./categories.js";
import { startChronology } from "./chronology.js";
import { startDrafts } from "./drafts.js";
import { startDualLists } from "./dual_list.js";
import { startErrorSummary } from "./error_summary.js";
import { startFormOrder, startOptions } from "./form_order.js";
import { startForms } from "./forms.js";
import { startHtmx } from "./htmx.js";
import { startMaps } from "./maps.js";
import { startMatrices } from "./matrix.js";
import { startPage } from "./page.js";
import { startPickers } from "./pickers.js";
import { startPreselect } from "./preselect.js";
import { startSecurityKeys } from "./security_keys.js";
import { startScreen } from "./screen.js";
import { startTheme } from "./theme.js";
import { startUploads } from "./uploads.js";

document.documentElement.classList.add("js");

/* Parts bound to one element, started again inside whatever htmx brings in. */
function startWithin(root) {
  startCategories(root);
  startDrafts(root);
  startDualLists(root);
  startFormOrder(root);
  startOptions(root);
  startMaps(root);
  startMatrices(root);
  startPickers(root);
  startUploads(root);
}

startScreen(); // first: what it holds back, no other module may see
startPage();
startForms();
startTheme();
startChronology();
startHtmx(startWithin);
startWithin(document);
startPreselect(document);
startAskedFor(document);
startSecurityKeys(document);
startErrorSummary();
