// RPCs of backups, on the admin listener only.
#include "crm/v1/backup_service.grpc.pb.h"
#include "services/backup_desk.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class BackupRpcs final : public v1::BackupService::CallbackService {
 public:
  BackupRpcs(Rpc& rpc, const Validator& validator, BackupDesk& backups)
      : rpc_(rpc), validator_(validator), backups_(backups) {}
  using Api = v1::BackupService;

  CRM_RPC(CreateBackup, v1::CreateBackupResponse,
          Run(method, context, *request, [this, request, response](Outcome& outcome) {
            return backups_.Create(*request, response, &outcome.replayed);
          }))
  CRM_RPC(ListBackups, v1::ListBackupsResponse,
          Run(method, context, *request,
              [this, request, response](Outcome&) { return backups_.List(*request, response); }))
  CRM_RPC(VerifyBackup, v1::VerifyBackupResponse,
          Run(method, context, *request,
              [this, request, response](Outcome&) { return backups_.Verify(*request, response); }))
  CRM_RPC(DiscardBackup, v1::DiscardBackupResponse,
          Run(method, context, *request,
              [this, request, response](Outcome&) { return backups_.Discard(*request, response); }))

 private:
  template <class Body>
  grpc::ServerUnaryReactor* Run(const Method& method, grpc::CallbackServerContext* context,
                                const google::protobuf::Message& request, Body body) {
    return rpc_.Begin(method, context, [&](const Call&, std::shared_ptr<Reply> reply) {
      const absl::Status shape = validator_.Check(request);
      if (!shape.ok()) return reply->Finish(shape, {});
      const auto outcome = std::make_shared<Outcome>();
      backups_.Run(
          [body, outcome] { return body(*outcome); },
          [reply, outcome](const absl::Status& status) { reply->Finish(status, *outcome); });
    });
  }

  Rpc& rpc_;
  const Validator& validator_;
  BackupDesk& backups_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeBackupService(Rpc& rpc, const Validator& validator,
                                                 BackupDesk& backups) {
  return std::make_unique<BackupRpcs>(rpc, validator, backups);
}

}  // namespace crm::services
