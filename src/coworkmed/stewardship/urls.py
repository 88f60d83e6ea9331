"""Addresses of what people say of places, and of those who decide on it."""

from django.urls import path

from .views import claims, desk, reports, suggestions, words

urlpatterns = [
    # the place's own word, and that of who looks after it
    path("word/<slug:what>/<str:token>/", words.by_link, name="word"),
    path("word-said/<str:word>/", words.said, name="word-said"),
    path("word-said/<str:word>/undo/", words.undo, name="word-undo"),
    path("word-link/<slug:what>/<str:token>/", words.new_link, name="word-new-link"),
    path("places/<slug:public_id>/ask-link/", words.ask_link, name="place-ask-link"),
    path("places/<slug:public_id>/confirm/", words.signed_in, {"what": "confirm"}, name="place-confirm"),
    path("places/<slug:public_id>/correct/", words.signed_in, {"what": "correct"}, name="place-correct"),
    path("places/<slug:public_id>/gone/", words.signed_in, {"what": "gone"}, name="place-gone"),
    # claiming a place
    path("places/<slug:public_id>/claim/", claims.claim_place, name="claim-place"),
    path("places/<slug:public_id>/hand-back/", claims.hand_back, name="hand-back"),
    path("claims/", claims.claims, name="claims"),
    path("claims/<int:pk>/", claims.claim, name="claim"),
    path("claims/<int:pk>/code/", claims.claim_code, name="claim-code"),
    path("claims/<int:pk>/withdraw/", claims.claim_withdraw, name="claim-withdraw"),
    path("claims/<int:pk>/answer/", claims.claim_answer, name="claim-answer"),
    # the steward's desk
    path("desk/", desk.desk, name="desk"),
    path("desk/claims/<int:pk>/", desk.desk_claim, name="desk-claim"),
    path("desk/claims/<int:pk>/call/", desk.desk_call, name="desk-call"),
    path("desk/claims/<int:pk>/letter/", desk.desk_letter, name="desk-letter"),
    path("desk/<slug:work>/", desk.desk, name="desk-of"),
    # what anyone says of a page, and deciding on it
    path("places/<slug:public_id>/tell/", suggestions.tell, name="place-tell"),
    path("places/<slug:public_id>/suggest/", suggestions.suggest, name="suggest-change"),
    path("places/<slug:public_id>/suggest/closed/", suggestions.suggest_closed, name="suggest-closed"),
    path("places/<slug:public_id>/suggest/thanks/", suggestions.thanks, name="suggestion-thanks"),
    path("places/<slug:public_id>/report/", reports.report, name="report-page"),
    path("places/<slug:public_id>/report/thanks/", reports.thanks, name="report-thanks"),
    path("suggestions/", suggestions.suggestions, name="suggestions"),
    path("suggestions/<int:pk>/", suggestions.suggestion, name="suggestion"),
    path("reports/<int:pk>/", reports.decide, name="report"),
    path("reports/object/<str:token>/", reports.object_to, name="report-object"),
]
