#include "tools/cli/named_class.h"

#include "engine/require.h"
#include "nets/classes.h"

namespace gradus {

Unit named_class(const Net& net, const std::string& wanted) {
    require(net.has_classifier(), "{}: the file of its weights has no classifier, so it knows no classes", net.name());
    const Labels labels = load_labels(net.table());
    Unit unit = class_unit(net, labels.find(wanted));
    unit.class_name = labels[unit.channel].short_name();
    return unit;
}

}  // namespace gradus
