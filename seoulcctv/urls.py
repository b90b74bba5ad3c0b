"""Every address of the site."""

from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, register_converter
from django.urls.converters import StringConverter
from django.views.decorators.cache import never_cache
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from analysis import api as analysis_api
from analysis import handover, rollout, share, sheet, stream_page, told_api, watch_api
from analysis import views as analysis_views
from cameras import api as cameras_api
from cameras import camera_views, inventory_views, key_views, table_views
from cameras import views as cameras_views
from cameras.upgrades import indicator_views, plan_views, report
from cameras.upgrades import views as planning_views
from cases import api as cases_api
from cases import notes_api
from cases import views as cases_views

from . import two_factor, views


class CaseNumber(StringConverter):
    """Year and running number, such as ``2026-0412``."""

    regex = "[0-9]{4}-[0-9]{4,7}"


register_converter(CaseNumber, "case_number")

router = SimpleRouter()
router.register("districts", cameras_api.DistrictViewSet, "api-district")
router.register("cameras", cameras_api.CameraViewSet, "api-camera")
router.register("recordings", cameras_api.RecordingViewSet, "api-recording")
router.register("cases", cases_api.CaseViewSet, "api-case")

NUMBER = f"(?P<number>{CaseNumber.regex})"
of_case = SimpleRouter()
of_case.register(f"cases/{NUMBER}/searches", analysis_api.SearchViewSet, "api-search")
of_case.register(f"cases/{NUMBER}/candidates", analysis_api.CandidateViewSet, "api-candidate")
of_case.register(f"cases/{NUMBER}/reports", told_api.ReportViewSet, "api-report")
of_case.register(f"cases/{NUMBER}/places", told_api.PlaceViewSet, "api-place")
of_case.register(f"cases/{NUMBER}/references", told_api.ReferenceViewSet, "api-reference")
of_case.register(f"cases/{NUMBER}/watches", watch_api.WatchViewSet, "api-watch")
of_case.register(f"cases/{NUMBER}/alerts", watch_api.AlertViewSet, "api-alert")
of_case.register(f"cases/{NUMBER}/notes", notes_api.NoteViewSet, "api-note")
of_case.register(f"cases/{NUMBER}/route", analysis_api.RouteViewSet, "api-route")

workspace = [
    path("", analysis_views.workspace, name="workspace"),
    path("state/", analysis_views.state, name="case-state"),
    path("where/", analysis_views.where, name="case-where"),
    path("candidates/<int:pk>/", analysis_views.candidate, name="candidate"),
    path("cameras/<int:pk>/", analysis_views.camera, name="case-camera"),
    path("sheet/", sheet.sheet, name="case-sheet"),
    path("sheet.pdf", sheet.sheet_pdf, name="case-sheet-pdf"),
    path("handover/", handover.handover, name="handover"),
    path("take-over/", cases_views.take_over, name="take-over"),
    path("left-out/", analysis_views.left_out, name="left-out"),
    path("authorise/", cases_views.authorise, name="authorise"),
    path("emergency/", cases_views.emergency, name="emergency"),
    path("share/", cases_views.share, name="share-case"),
    path("end/", cases_views.end, name="end-case"),
]

sign_in = auth_views.LoginView.as_view(template_name="registration/sign_in.html", redirect_authenticated_user=True)

handler404 = "seoulcctv.views.nothing_here"

urlpatterns = [
    path("", views.home, name="home"),
    path("health/", views.health, name="health"),
    path("sign-in/", never_cache(sign_in), name="sign-in"),
    path("two-factor/", two_factor.ask, name="two-factor"),
    path("two-factor/set-up/", two_factor.set_up, name="two-factor-setup"),
    path("sign-out/", auth_views.LogoutView.as_view(), name="sign-out"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("board/", cases_views.board, name="board"),
    path("cases/new/", cases_views.new_case, name="new-case"),
    path("cases/read-description/", cases_views.read_description, name="read-description"),
    path("cases/<case_number:number>/", include(workspace)),
    path("transparency/", analysis_views.transparency, name="transparency"),
    path("s/", share.page, name="share"),
    path("s/open/", share.open_share, name="share-open"),
    path("s/state/", share.state, name="share-state"),
    path("s/report/", share.report, name="share-report"),
    path("s/pictures/<int:pk>/", share.picture, name="share-picture"),
    path("inventory/", inventory_views.inventory, name="inventory"),
    path("inventory/keys/", key_views.keys, name="machine-keys"),
    path("inventory/keys/<int:pk>/revoke/", key_views.revoke_key, name="machine-key-revoke"),
    path("cameras/", inventory_views.camera_map, name="camera-map"),
    path("cameras/table/", table_views.table, name="camera-table"),
    path("cameras/table/change/", table_views.change_listed, name="cameras-change"),
    path("cameras/table/take-back/", table_views.take_listed_back, name="cameras-take-back"),
    path("cameras/table/lists/", table_views.save_list, name="camera-lists"),
    path("cameras/new/", camera_views.new_camera, name="new-camera"),
    path("cameras/streams/", stream_page.streams, name="streams"),
    path("cameras/streams/bring/", stream_page.bring, name="streams-bring"),
    path("cameras/work/", camera_views.work, name="work"),
    path("cameras/work/<int:pk>/", camera_views.order_step, name="work-step"),
    path("cameras/attachments/<int:pk>/", camera_views.attachment, name="attachment"),
    path("cameras/attachments/<int:pk>/remove/", camera_views.remove_attachment, name="attachment-remove"),
    path("cameras/<int:pk>/", camera_views.camera, name="camera"),
    path("cameras/<int:pk>/attach/", camera_views.attach_file, name="camera-attach"),
    path("cameras/<int:pk>/accept-view/", camera_views.accept_view, name="camera-accept-view"),
    path("cameras/<int:pk>/stream/", camera_views.stream, name="camera-stream"),
    path("cameras/<int:pk>/work/", camera_views.order, name="camera-work"),
    path("inventory/<int:pk>/", inventory_views.intake, name="intake"),
    path("inventory/cameras.csv", inventory_views.export, {"form": "csv"}, name="inventory-csv"),
    path("inventory/cameras.geojson", inventory_views.export, {"form": "geojson"}, name="inventory-geojson"),
    path("inventory/cameras.xlsx", inventory_views.export, {"form": "xlsx"}, name="inventory-xlsx"),
    path("inventory/cameras.gpkg", inventory_views.export, {"form": "gpkg"}, name="inventory-gpkg"),
    path("inventory/<int:pk>/decide/", inventory_views.decide, name="intake-decide"),
    path("inventory/<int:pk>/progress/", inventory_views.progress, name="intake-progress"),
    path("inventory/<int:pk>/points/", inventory_views.points, name="intake-points"),
    path("inventory/<int:pk>/refused.csv", inventory_views.refused, name="intake-refused"),
    path("plans/", planning_views.planning, name="planning"),
    path("plans/shapes/", planning_views.shapes, name="planning-shapes"),
    path("plans/values/", planning_views.values, name="planning-values"),
    path("plans/weigh/", planning_views.weigh, name="planning-weigh"),
    path("plans/ask/", planning_views.ask, name="plan-ask"),
    path("plans/measure/", planning_views.remeasure, name="planning-measure"),
    path("plans/measuring/", planning_views.measuring, name="planning-measuring"),
    path("plans/all/", plan_views.plans, name="plans"),
    path("plans/compare/", plan_views.compare, name="plan-compare"),
    path("plans/indicators/", indicator_views.indicators, name="indicators"),
    path("plans/indicators/areas/", indicator_views.bring_areas, name="planning-areas"),
    path("plans/indicators/<int:pk>/", indicator_views.indicator_file, name="indicator-file"),
    path("plans/indicators/<int:pk>/decide/", indicator_views.indicator_decide, name="indicator-decide"),
    path("plans/indicators/<int:pk>/refused.csv", indicator_views.indicator_refused, name="indicator-refused"),
    path("plans/<int:pk>/", plan_views.plan, name="plan"),
    path("plans/<int:pk>/progress/", plan_views.plan_progress, name="plan-progress"),
    path("plans/<int:pk>/points/", plan_views.plan_points, name="plan-points"),
    path("plans/<int:pk>/approve/", plan_views.plan_approve, name="plan-approve"),
    path("plans/<int:pk>/remove/", plan_views.plan_remove, name="plan-remove"),
    path("plans/<int:pk>/items/", plan_views.items, name="plan-items"),
    path("plans/<int:pk>/step/", plan_views.plan_step, name="plan-step"),
    path("plans/<int:pk>/report.pdf", report.plan_pdf, name="plan-pdf"),
    path("plans/<int:pk>/plan.xlsx", report.plan_file, {"form": "xlsx"}, name="plan-xlsx"),
    path("plans/<int:pk>/plan.gpkg", report.plan_file, {"form": "gpkg"}, name="plan-gpkg"),
    path("rollout/", rollout.rollout, name="rollout"),
    path("rollout.pdf", rollout.rollout_pdf, name="rollout-pdf"),
    path("footage/", cameras_views.footage, name="footage"),
    path("access-log/csv/", cases_views.access_log_csv, name="access-log-csv"),
    path("access-log/", cases_views.access_log, name="access-log"),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/", include(of_case.urls)),
    path("api/", include(router.urls)),
]
