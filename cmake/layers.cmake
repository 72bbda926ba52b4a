# The table of allowed edges: a layer may link, and include headers of, the layers named in its row and nothing else
# of ours. crm_library() refuses other edges at configure time; tests/architecture/layers_test.cc reads this file and
# every #include, because include paths are rooted at the repository and linking alone would not stop a stray one.
set(CRM_LAYERS
  base options_proto log_proto events_proto api_proto views_proto api_grpc
  evidence domain eventstore projections services crmd client crmctl crm_bench crm_sample crmutil exercise)

set(CRM_EDGES_base)
set(CRM_EDGES_options_proto)
set(CRM_EDGES_log_proto)
set(CRM_EDGES_events_proto options_proto)
set(CRM_EDGES_api_proto options_proto)
# Rows of views store amounts as events do: one shape, and no conversion between the two.
set(CRM_EDGES_views_proto options_proto events_proto)
set(CRM_EDGES_api_grpc api_proto options_proto)
# What an auditor checks without the server: the server and crmctl both stand on it.
set(CRM_EDGES_evidence base log_proto api_proto)
set(CRM_EDGES_domain base options_proto log_proto events_proto api_proto)
set(CRM_EDGES_eventstore base log_proto)
set(CRM_EDGES_projections base options_proto log_proto events_proto api_proto views_proto domain eventstore)
set(CRM_EDGES_services
  base options_proto log_proto events_proto api_proto views_proto api_grpc evidence domain eventstore
  projections)
set(CRM_EDGES_crmd base services)
set(CRM_EDGES_crmctl base options_proto log_proto api_proto api_grpc evidence)
set(CRM_EDGES_crm_bench base options_proto api_proto api_grpc)
set(CRM_EDGES_crm_sample base options_proto api_proto api_grpc)
# Restoring and importing must know an erasure when they see one, and the file that keys travel in.
set(CRM_EDGES_crmutil base log_proto events_proto api_proto evidence eventstore)
